// The program of a training process: everything that touches ONNX Runtime happens in here.
import type { DeviceName } from '@goldilocks/trainer';
import { trainingHandlers } from './handlers.js';
import { serve } from './serve.js';

const [, , cacheDirectory, device] = process.argv;
if (cacheDirectory === undefined || process.send === undefined) {
  throw new Error('This program is started by Goldilocks, with the cache directory as its argument.');
}
serve(trainingHandlers(cacheDirectory, device as DeviceName | undefined));
