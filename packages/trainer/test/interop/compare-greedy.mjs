// What transformers.js makes of a model's folder, compared with ours; in Node and in a page alike.

const types = ['fp32', 'q8'];

/**
 * @param transformers the module of transformers.js
 * @param model name of the folder below `env.localModelPath`
 * @param expected { texts: [string], greedy: [{ prompt: ids, tokens: ids }], exact: types that must give these tokens; others must run }
 */
export async function compareGreedy({ AutoModelForCausalLM, AutoTokenizer }, model, { texts, greedy, exact = types }) {
  const problems = [];
  let sameTokens = 0;
  const tokenizer = await AutoTokenizer.from_pretrained(model);
  for (const dtype of types) {
    const loaded = await AutoModelForCausalLM.from_pretrained(model, { dtype });
    for (const [i, { prompt, tokens }] of greedy.entries()) {
      const inputs = tokenizer(texts[i]);
      const ids = Array.from(inputs.input_ids.data, Number);
      if (ids.join() !== prompt.join()) problems.push(`token ids of ${JSON.stringify(texts[i])}: ${ids.join()}`);
      const output = await loaded.generate({ ...inputs, max_new_tokens: 24, do_sample: false });
      const found = Array.from(output.data, Number).slice(ids.length, ids.length + tokens.length);
      const isSame = found.join() === tokens.join();
      if (isSame) sameTokens += tokens.length;
      else if (exact.includes(dtype)) problems.push(`${dtype}, after ${JSON.stringify(texts[i])}: ${found.join()}`);
    }
    await loaded.dispose();
  }
  return { passed: problems.length === 0, sameTokens, problems };
}
