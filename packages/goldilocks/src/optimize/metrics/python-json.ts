// JSON as Python's json.dumps writes it, with NaN and Infinity, which JSON has not.

/** The value, with those numbers as the words `"NaN"` and `"Infinity"`; undefined for text that is not JSON. */
export function parsePythonJson(text: string): unknown {
  return parse(text) ?? parse(text.replace(/([:,[]\s*)(-?Infinity|NaN)(?=\s*[,}\]])/g, '$1"$2"'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
