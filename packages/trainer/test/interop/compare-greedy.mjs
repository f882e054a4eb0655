// What transformers.js makes of a model's folder, compared with ours; in Node and in a page alike.

/**
 * @param transformers the module of transformers.js
 * @param model name of the folder below `env.localModelPath`
 * @param expected { texts: [string], greedy: [{ prompt: ids, tokens: ids }] }
 */
export async function compareGreedy({ AutoModelForCausalLM, AutoTokenizer }, model, { texts, greedy }) {
  const problems = [];
  let sameTokens = 0;
  const tokenizer = await AutoTokenizer.from_pretrained(model);
  for (const dtype of ['fp32', 'q8']) {
    const loaded = await AutoModelForCausalLM.from_pretrained(model, { dtype });
    for (const [i, { prompt, tokens }] of greedy.entries()) {
      const inputs = tokenizer(texts[i]);
      const ids = Array.from(inputs.input_ids.data, Number);
      if (ids.join() !== prompt.join()) problems.push(`token ids of ${JSON.stringify(texts[i])}: ${ids.join()}`);
      const output = await loaded.generate({ ...inputs, max_new_tokens: 24, do_sample: false });
      const found = Array.from(output.data, Number).slice(ids.length, ids.length + tokens.length);
      if (found.join() !== tokens.join()) problems.push(`${dtype}, after ${JSON.stringify(texts[i])}: ${found.join()}`);
      else sameTokens += tokens.length;
    }
    await loaded.dispose();
  }
  return { passed: problems.length === 0, sameTokens, problems };
}
