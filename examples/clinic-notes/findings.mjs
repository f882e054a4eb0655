// Findings of a clinic visit, in a form that is normal and one that is not. Frightening words occur on both sides: denied, long past,
// somebody else's, or ruled out on the normal side.

const numbers = (from, to, show = String) => Array.from({ length: to - from + 1 }, (_, i) => show(from + i));

export const slots = {
  who: ['father', 'mother', 'brother', 'grandmother', 'uncle'],
  year: ['1998', '2004', '2011', '2016'],
  age: ['as a child', 'in her teens', 'twenty years ago', 'after the birth', 'long ago'],
  since: ['two days', 'three days', 'a week', 'ten days', 'this morning', 'last night'],
  side: ['left', 'right'],
  limb: ['arm', 'leg', 'hand', 'foot'],
  reason: ['Routine check', 'Yearly visit', 'Seen for a school form', 'Here for a work permit', 'Follow-up', 'Walk-in'],
  person: ['34 y old man', '61 y old woman', '7 y old boy', '45 y old woman', '72 y old man', '19 y old woman'],
  feverLow: numbers(361, 373, (n) => n / 10),
  feverHigh: numbers(382, 404, (n) => n / 10),
  pressureLow: numbers(104, 128, (n) => `${n}/${62 + (n % 19)}`),
  pressureHigh: numbers(164, 196, (n) => `${n}/${98 + (n % 17)}`),
  pulseLow: numbers(56, 89),
  pulseHigh: numbers(114, 146),
  oxygenHigh: numbers(96, 99),
  oxygenLow: numbers(81, 89),
  sugarLow: numbers(78, 98),
  sugarHigh: numbers(205, 320),
  drug: ['ibuprofen', 'metformin', 'an inhaler', 'vitamin D'],
};

/** Each finding: `[normal forms, abnormal forms]`. */
export const findings = [
  [
    ['temp {feverLow}', 'says feverish, but {feverLow}', 'fever of last week is gone, {feverLow} today'],
    ['temp {feverHigh}', 'says no fever, but {feverHigh}', 'fever of last week is back, {feverHigh} today'],
  ],
  [
    ['BP {pressureLow}', 'blood pressure {pressureLow}', 'BP was 170/100 in {year}, {pressureLow} now'],
    ['BP {pressureHigh}', 'blood pressure {pressureHigh}', 'BP was 120/80 in {year}, {pressureHigh} now'],
  ],
  [
    ['pulse {pulseLow}, regular', 'heart rate {pulseLow}'],
    ['pulse {pulseHigh}, regular', 'heart rate {pulseHigh}', 'pulse {pulseLow}, irregular'],
  ],
  [
    ['SpO2 {oxygenHigh} %', 'saturation {oxygenHigh} on room air'],
    ['SpO2 {oxygenLow} %', 'saturation {oxygenLow} on room air'],
  ],
  [
    ['fasting sugar {sugarLow}', 'glucose {sugarLow}, as before'],
    ['fasting sugar {sugarHigh}', 'glucose {sugarHigh}, not as before'],
  ],
  [
    [
      'denies chest pain',
      '{who} had chest pain, patient never',
      'chest pain in {year}, cause found, none since',
      'no chest pain at rest or on stairs',
    ],
    [
      'chest pain since {since}',
      'chest pain, like the one in {year}',
      'says no pain, but holds the chest on stairs',
      'no chest pain at rest, but on stairs',
    ],
  ],
  [
    ['lungs clear', 'asthma {age}, lungs clear now', 'no wheeze, no crackles', 'cough ruled harmless, gone'],
    [
      'lungs not clear',
      'asthma {age}, wheeze again now',
      'wheeze and crackles',
      'cough called harmless, yet blood in it',
    ],
  ],
  [
    ['no headache', 'migraine {age}, free of it since', 'headache ruled out as cause, none now'],
    ['headache, worst ever', 'migraine {age}, daily now', 'headache with stiff neck since {since}'],
  ],
  [
    ['belly soft, not tender', 'appendix out in {year}, belly soft', 'no vomiting'],
    ['belly hard and tender', 'appendix still in, belly hard', 'vomiting since {since}', 'belly soft but very tender'],
  ],
  [
    ['walks without help', 'fall in {year}, walks well', '{side} {limb} strong', 'feeling in {side} {limb} intact'],
    [
      'does not walk without help',
      'walked well, until a fall',
      '{side} {limb} not strong',
      'no feeling in {side} {limb}',
    ],
  ],
  [
    ['skin clear', 'rash of last week has faded', 'mole unchanged since {year}', '{who} had melanoma, skin clear'],
    [
      'skin not clear',
      'rash of last week has spread',
      'mole changed since {year}',
      'mole bleeds, like the one {who} had',
    ],
  ],
  [
    ['sleeps well, never faints', 'appetite back', 'lost no weight', 'takes {drug}, no swollen lips'],
    ['sleeps well, but faints', 'appetite gone', 'lost weight again', 'takes {drug}, swollen lips'],
  ],
];

/** What is on a page now and then, and says nothing about the patient's state. */
export const remarks = [
  'form signed',
  'asks about travel',
  'vaccines up to date',
  'lives alone',
  'next visit as planned',
  'interpreter present',
  'came by bus',
  'smoker until {year}',
];

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
