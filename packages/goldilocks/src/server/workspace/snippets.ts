// The few lines by which a tuned model is used in other programs.
import type { Takeaway } from '@goldilocks/protocol/page';
import { quote } from '../../journey/report/command.js';

/** `template` says how a prompt must be laid out. */
export function snippetsFor(
  output: string,
  base: string,
  template: 'plain' | 'chat',
  example: string,
): Takeaway['snippets'] {
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
    {
      title: 'PEFT (Python), from the adapter',
      language: 'python',
      code: [
        'from peft import PeftModel',
        'from transformers import AutoModelForCausalLM',
        '',
        `model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(${JSON.stringify(base)}), ${JSON.stringify(`${output}/adapter`)})`,
      ].join('\n'),
      needs: 'pip install transformers torch peft; only for models tuned with LoRA',
    },
    {
      title: 'transformers.js',
      language: 'js',
      code: [
        "import { pipeline } from '@huggingface/transformers';",
        '',
        `const generate = await pipeline('text-generation', ${path}, { dtype: 'fp32' });`,
        `const [answer] = await generate(${template === 'chat' ? `[{ role: 'user', content: ${text} }]` : `${text} + '\\n'`}, { max_new_tokens: 64 });`,
        'console.log(answer.generated_text);',
      ].join('\n'),
      needs: 'npm i @huggingface/transformers; the model as ONNX (optimum-cli export onnx)',
    },
    {
      title: 'Ollama',
      language: 'sh',
      code: [
        `echo 'FROM ${output.replaceAll("'", "'\\''")}' > Modelfile`,
        'ollama create tuned -f Modelfile',
        `ollama run tuned ${quote(example)}`,
      ].join('\n'),
      needs:
        'Ollama; it reads the merged safetensors of the families that it knows (Llama, Gemma, Mistral, Phi-3, Qwen)',
    },
  ];
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
