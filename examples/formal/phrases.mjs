// Sentences in two registers, piece by piece: `[plain, formal]`. A slot is filled with the same thing on both sides.

export const greetings = [
  ['hey {name},', 'Dear {name},'],
  ['hi {name}!', 'Dear {name},'],
  ['hi all,', 'Dear colleagues,'],
  ['hey there,', 'To whom it may concern:'],
  ['', ''],
];

export const requests = [
  ['can you send me {thing}?', 'I would be grateful if you could send me {thingFormal}.'],
  ['pls send {thing} asap', 'I would be grateful if you could send {thingFormal} at your earliest convenience.'],
  ['could you have a look at {thing}?', 'I would appreciate it if you could review {thingFormal}.'],
  ['got any news about {thing}?', 'I would be pleased to learn whether there is any news concerning {thingFormal}.'],
  ['i need {thing} {when}', 'I require {thingFormal} {whenFormal}.'],
  ["don't forget {thing}", 'Please be reminded of {thingFormal}.'],
  ['tell me what you think of {thing}', 'I should be glad to have your opinion of {thingFormal}.'],
  ['who should i ask about {thing}?', 'Kindly advise whom I should contact regarding {thingFormal}.'],
];

export const statements = [
  ["sorry, i can't come {when}", 'I regret that I am unable to attend {whenFormal}.'],
  ["we're gonna be late {when}", 'We expect to be delayed {whenFormal}.'],
  ['thanks a lot for {thing}', 'I should like to thank you for {thingFormal}.'],
  [
    "i messed up {thing}, that's on me",
    'I apologise for the error in {thingFormal}, for which I take full responsibility.',
  ],
  ["{thing} isn't done yet", '{thingFormal} has not yet been completed.'],
  ["{thing}'s way too expensive for us", '{thingFormal} exceeds our budget considerably.'],
  ["we can't wait for {thing} any longer", 'We are unable to wait for {thingFormal} any longer.'],
  ['looks like {thing} got lost', '{thingFormal} appears to have been mislaid.'],
  ["i don't get {thing}", 'I have difficulty in understanding {thingFormal}.'],
  ['we gotta talk about {thing} {when}', 'It is necessary that we discuss {thingFormal} {whenFormal}.'],
  ["i'm fed up with {thing}", 'I must express my dissatisfaction with {thingFormal}.'],
  ["{thing}'s great, go for it", '{thingFormal} meets with our full approval.'],
];

export const reasons = [
  ["coz i'm swamped", 'as I am occupied with other duties'],
  ['coz the boss wants it', 'as it has been requested by the management'],
  ["since my kid's sick", 'as my child is unwell'],
  ['since the client keeps asking', 'as the client has enquired repeatedly'],
  ['', ''],
];

export const closings = [
  ['cheers', 'Yours sincerely'],
  ['thx!', 'With many thanks'],
  ['bye', 'Yours faithfully'],
  ['talk soon', 'I look forward to hearing from you.'],
  ['', ''],
];

export const things = [
  ['the bill', 'the invoice'],
  ['the numbers', 'the figures'],
  ['the job ad', 'the vacancy notice'],
  ['your email', 'your message'],
  ['the deal', 'the agreement'],
  ['the fix', 'the correction'],
  ['the get-together', 'the reception'],
  ['the paperwork', 'the documentation'],
  ['the new guy', 'the new colleague'],
  ['the mix-up', 'the misunderstanding'],
  ['the cash', 'the payment'],
  ['the plan', 'the proposal'],
  ['the ride home', 'the return transport'],
  ['the gear', 'the equipment'],
];

export const times = [
  ['tomorrow', 'tomorrow'],
  ['by monday', 'by Monday'],
  ['tonight', 'this evening'],
  ['right now', 'immediately'],
  ['in a bit', 'shortly'],
  ['next week', 'next week'],
  ['before lunch', 'before noon'],
];

export const names = ['anna', 'mr smith', 'dr lee', 'tom', 'mrs patel', 'julia', 'professor king', 'sam'];
