// Loaded before a program (node --import): every way out of this machine throws, and is written to a file.

import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const log = process.env.GOLDILOCKS_TEST_NETWORK_LOG;
const loopback = /^(localhost|127(\.\d+){3}|::1|)$/;

function refuse(what) {
  if (log !== undefined) appendFileSync(log, `${what}\n`);
  throw new Error(`No network here: ${what}`);
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  const options = typeof first === 'object' && first !== null ? first : { port: first, host: second };
  const host = typeof options.host === 'string' ? options.host : '';
  const isLocal = options.path !== undefined || typeof first === 'string' || loopback.test(host);
  if (!isLocal) refuse(`connect to ${host}:${options.port}`);
  return connect.apply(this, args);
};

for (const module of [dns, dns.promises]) {
  for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveAny', 'reverse']) {
    const original = module[name];
    if (original === undefined) continue;
    module[name] = function (host, ...rest) {
      if (!loopback.test(String(host))) refuse(`look up ${host}`);
      return original.call(this, host, ...rest);
    };
  }
}

for (const name of ['send', 'connect']) {
  dgram.Socket.prototype[name] = () => refuse(`send a datagram`);
}
syncBuiltinESMExports();
