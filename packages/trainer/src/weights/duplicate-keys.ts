// Finds a key that an object of a JSON text holds twice, which JSON.parse passes over.

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/** The first key given twice in one object, at any depth. `json` must already have been accepted by JSON.parse. */
export function firstDuplicateKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = endOfString(json, i);
      if (nextCharacter(json, end) === colon) {
        const key = JSON.parse(json.slice(i, end)) as string;
        const keys = open.at(-1);
        if (keys?.has(key)) return key;
        keys?.add(key);
      }
      i = end - 1;
    }
  }
  return undefined;
}

/** Place after the closing quote of the string that opens at `start`. */
function endOfString(json: string, start: number): number {
  let i = start + 1;
  while (json.charCodeAt(i) !== quote) i += json.charCodeAt(i) === backslash ? 2 : 1;
  return i + 1;
}

function nextCharacter(json: string, from: number): number {
  let i = from;
  while (json.charCodeAt(i) <= 0x20) i++;
  return json.charCodeAt(i);
}
