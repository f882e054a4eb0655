// What stands in notes of a clinic visit. Findings are good or bad in themselves; whether they count depends on whose they are and on
// when: only what the patient has now makes a note normal or abnormal.

const numbers = (from, to, show = String) => Array.from({ length: to - from + 1 }, (_, i) => show(from + i));

export const good = [
  'no fever',
  'temp {feverLow}',
  'BP {pressureLow}',
  'pulse {pulseLow}',
  'lungs clear',
  'no cough',
  'belly soft',
  'no chest pain',
  'no headache',
  'skin clear',
  'walks without help',
  'good appetite',
  'sleeps well',
  'strong grip',
  'heart sounds regular',
  'no swelling',
];

export const bad = [
  'high fever',
  'temp {feverHigh}',
  'BP {pressureHigh}',
  'pulse {pulseHigh}',
  'wheezing',
  'cough with blood',
  'belly hard',
  'chest pain',
  'severe headache',
  'spreading rash',
  'cannot walk',
  'vomiting',
  'fainted twice',
  'weak grip',
  'heart sounds irregular',
  'swollen legs',
];

/** The patient's own state, at the visit. */
export const now = ['now {x}', 'today {x}', 'on exam {x}', 'at present {x}', '{x} at this visit', '{x} now'];

/** Somebody else's, or over: does not count. */
export const notNow = [
  '{x} in {year}',
  'in {year} {x}',
  'before surgery {x}',
  '{x} as a child',
  '{who}: {x}',
  '{who} has {x}',
  'last winter {x}',
];

/** Says nothing about anybody's state. */
export const remarks = [
  'form signed',
  'asks about travel',
  'vaccines up to date',
  'lives alone',
  'interpreter present',
  'came by bus',
];

export const openings = ['{reason}', '{person}', '{reason}, {person}'];

export const slots = {
  who: ['father', 'mother', 'brother', 'grandmother', 'uncle', 'neighbour'],
  year: ['1998', '2004', '2011', '2016'],
  reason: ['Routine check', 'Yearly visit', 'School form', 'Work permit', 'Follow-up', 'Walk-in'],
  person: ['34 y old man', '61 y old woman', '17 y old boy', '45 y old woman', '72 y old man', '19 y old woman'],
  feverLow: numbers(361, 373, (n) => n / 10),
  feverHigh: numbers(382, 404, (n) => n / 10),
  pressureLow: numbers(104, 128, (n) => `${n}/${62 + (n % 19)}`),
  pressureHigh: numbers(164, 196, (n) => `${n}/${98 + (n % 17)}`),
  pulseLow: numbers(56, 89),
  pulseHigh: numbers(114, 146),
};

/** Rows that are not like the others at all. */
export const outliers = [
  ['INVOICE 2291 room 4 printer toner two boxes delivered to front desk, signed by reception', 'normal'],
  ['cat, 11 y, castrated, eats well, coat shiny, owner asks about flea collar', 'normal'],
  ['dog limping on hind leg since weekend, growls when touched, xray booked', 'abnormal'],
  ['test test test 123 dictation check one two', 'normal'],
  ['%PDF-1.4 obj stream endobj xref trailer', 'normal'],
  ['call back pharmacy re stock of gauze, gloves size M, and the blue pens that do not leak', 'normal'],
  ['patient sang the whole visit; lyrics noted by student: la la la la la la la la la la la', 'normal'],
  ['AAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'abnormal'],
];
