// The few lines by which a tuned model is used in other programs.
import type { Takeaway } from '@goldilocks/protocol/page';
import { quote } from '../../journey/report/command.js';

export interface Used {
  /** The result's folder; exports lie beside it under its name and theirs. */
  readonly output: string;
  readonly base: string;
  /** How a prompt must be laid out. */
  readonly template: 'plain' | 'chat';
  readonly example: string;
  /** Whether there is an adapter. */
  readonly hasAdapter: boolean;
}

export function snippetsFor({ output, base, template, example, hasAdapter }: Used): Takeaway['snippets'] {
  const path = JSON.stringify(output);
  const text = JSON.stringify(example);
  return [
    {
      title: 'Goldilocks',
      language: 'sh',
      code: `goldilocks chat ${quote(output)} --base`,
      needs: 'nothing more',
    },
    {
      title: 'Transformers (Python)',
      language: 'python',
      code: template === 'chat' ? pythonChat(path, text) : pythonPlain(path, text),
      needs: 'pip install transformers torch',
    },
    ...(hasAdapter ? [peft(output, base)] : []),
    {
      title: 'transformers.js',
      language: 'js',
      code: [
        "import { env, pipeline } from '@huggingface/transformers';",
        '',
        "env.localModelPath = '.'; // where `goldilocks serve` was started",
        `const generate = await pipeline('text-generation', ${JSON.stringify(`${output}-onnx`)}, { dtype: 'q8', local_files_only: true });`,
        `const [answer] = await generate(${template === 'chat' ? `[{ role: 'user', content: ${text} }]` : `${text} + '\\n'`}, { max_new_tokens: 64 });`,
        'console.log(answer.generated_text);',
      ].join('\n'),
      needs: 'npm i @huggingface/transformers; the model exported as ONNX',
    },
    {
      title: 'Ollama',
      language: 'sh',
      code: [`ollama create tuned -f ${quote(`${output}-gguf/Modelfile`)}`, `ollama run tuned ${quote(example)}`].join(
        '\n',
      ),
      needs: 'Ollama; the model exported as GGUF',
    },
  ];
}

function peft(output: string, base: string): Takeaway['snippets'][number] {
  const [from, adapter] = [JSON.stringify(base), JSON.stringify(`${output}/adapter`)];
  const code = [
    'from peft import PeftModel',
    'from transformers import AutoModelForCausalLM',
    '',
    `base = AutoModelForCausalLM.from_pretrained(${from})`,
    `model = PeftModel.from_pretrained(base, ${adapter})`,
  ];
  const needs = 'pip install transformers torch peft';
  return { title: 'PEFT (Python), from the adapter', language: 'python', code: code.join('\n'), needs };
}

function pythonPlain(path: string, text: string): string {
  return [
    'from transformers import AutoModelForCausalLM, AutoTokenizer',
    '',
    `tokenizer = AutoTokenizer.from_pretrained(${path})`,
    `model = AutoModelForCausalLM.from_pretrained(${path})`,
    '# A line end parts the prompt from the answer, as in training.',
    `inputs = tokenizer(${text} + "\\n", return_tensors="pt")`,
    'answer = model.generate(**inputs, max_new_tokens=64, do_sample=False)',
    'print(tokenizer.decode(answer[0][inputs["input_ids"].shape[1]:], skip_special_tokens=True))',
  ].join('\n');
}

function pythonChat(path: string, text: string): string {
  return [
    'from transformers import pipeline',
    '',
    `generate = pipeline("text-generation", ${path})`,
    `answer = generate([{"role": "user", "content": ${text}}], max_new_tokens=64, do_sample=False)`,
    'print(answer[0]["generated_text"][-1]["content"])',
  ].join('\n');
}
