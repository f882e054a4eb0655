// Makes text that comes from data, model names or files safe to print on a terminal.

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
// Strings an escape opens (OSC, DCS, SOS, PM, APC) up to BEL, ST or the end; then CSI; then two-byte escapes.
const escapeSequences =
  /(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g;
const controlCharacters = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: as above
const bidirectionalOverrides = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g;

/**
 * Removes escape sequences (with what they carry, such as a link's or the clipboard's content), C0 and C1 controls,
 * and the marks that reorder text. Tabs and newlines stay. Idempotent.
 */
export function stripControl(text: string): string {
  return text.replace(escapeSequences, '').replace(controlCharacters, '').replace(bidirectionalOverrides, '');
}

/** Like stripControl, on one line and cut to `length` characters: for quoting a value inside a sentence. */
export function excerpt(text: string, length = 60): string {
  const line = stripControl(text).replace(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('')}…`;
}
