const vocabulary = (
  "account address agent amount answer app attachment balance bank bill browser button calendar card " +
  "change charge code contract coupon currency customer date delay delivery device document email error " +
  "export feature file form history import invoice key language laptop letter limit link login mail " +
  "message meter month name network notice number offer office online order page parcel password payment " +
  "phone photo plan price printer problem product profile project question receipt record refund region " +
  "reminder renewal report request reset return router sale screen seat server service setting shipment " +
  "signature sim site status store subscription support system tariff tax team ticket token update upgrade " +
  "upload user vendor version video voucher warranty week window"
).split(" ");

const wordsPerSentence = 12;

/** Writes exactly `count` words in sentences; the words mean nothing and depend on `random` alone. */
export function writeWords(count: number, random: () => number): string {
  const words: string[] = [];
  for (let index = 0; index < count; index++) {
    const word = vocabulary[Math.floor(random() * vocabulary.length)] ?? "ticket";
    const first = index % wordsPerSentence === 0;
    const last = index % wordsPerSentence === wordsPerSentence - 1 || index === count - 1;
    words.push((first ? word.charAt(0).toUpperCase() + word.slice(1) : word) + (last ? "." : ""));
  }
  return words.join(" ");
}

/** Counts the words of a text: the demo's stand-in for a tokenizer, one word for one token. */
export function countWords(text: string): number {
  return text.match(/\S+/gu)?.length ?? 0;
}
