/**
 * A secret made to be found: words that nothing else contains, joined by the characters that URLs,
 * JSON and connection strings escape. A word on its own counts as a find, so a censor that stops at
 * the first special character is caught.
 */
export interface PlantedSecret {
  readonly name: string;
  readonly text: string;
  readonly words: readonly string[];
}

/** Letters only, so that no escaping changes a word. */
const SYLLABLES = ['qua', 'zix', 'vop', 'jek', 'wum', 'yaf', 'xol', 'kiv', 'zub', 'pyq'];

function word(seed: number): string {
  const parts = Array.from({ length: 4 }, (_, at) => {
    const mixed = Math.imul(seed * 4 + at + 1, 2_654_435_761) >>> 0;
    return SYLLABLES[mixed % SYLLABLES.length] ?? '';
  });
  return `${parts.join('')}${seed}z`;
}

let planted = 0;

/**
 * Makes a secret like no other.
 *
 * @param joints what stands between its words, one each. @defaultValue what a password may hold
 */
export function plantSecret(
  name: string,
  joints: readonly string[] = ['/', '+', '@#:'],
): PlantedSecret {
  const words = [...joints, ''].map(() => word((planted += 1)));
  const text = words.map((one, at) => one + (joints[at] ?? '')).join('');
  return { name, text, words };
}

/** A secret that was found, and how it looked. */
export interface Find {
  readonly secret: string;
  readonly form: string;
  /** What stood around it. */
  readonly context: string;
}

const CONTEXT = 120;

/**
 * Searches a text for secrets: for each word of each, as it is (which covers URL-encoded and
 * JSON-escaped text, since words hold letters and digits only), in hexadecimal, and in Base64 or
 * Base64url of any text around it.
 */
export function findSecrets(text: string, secrets: readonly PlantedSecret[]): Find[] {
  const lowered = text.toLowerCase();
  return secrets.flatMap(({ name, words }) =>
    words.flatMap((one) =>
      formsOf(one).flatMap(({ form, needle, exact }) => {
        const at = exact ? text.indexOf(needle) : lowered.indexOf(needle.toLowerCase());
        if (at < 0) return [];
        const context = text.slice(Math.max(0, at - CONTEXT), at + needle.length + CONTEXT);
        return [{ secret: name, form, context }];
      }),
    ),
  );
}

interface Form {
  readonly form: string;
  readonly needle: string;
  /** Whether large and small letters differ in it. */
  readonly exact: boolean;
}

function formsOf(one: string): Form[] {
  const bytes = Buffer.from(one);
  return [
    { form: 'plain', needle: one, exact: false },
    { form: 'hexadecimal', needle: bytes.toString('hex'), exact: false },
    ...[0, 1, 2].map((offset) => ({
      form: 'Base64',
      needle: insideBase64(bytes, offset),
      exact: true,
    })),
  ];
}

/**
 * What of a word's Base64 does not depend on what stands before and behind it, when `offset` bytes of
 * a group of three come before. Words of letters and digits make the same in Base64url.
 */
function insideBase64(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64url');
  const whole = Math.floor(((offset + bytes.length) * 8) / 6);
  return encoded.slice(Math.ceil((offset * 8) / 6), whole);
}
