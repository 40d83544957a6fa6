import { SchemaError } from './errors.ts';

/** Decimal places of money on the wire. */
export const MONEY_SCALE = 4;

/**
 * A number as Avro's decimal has it: the value times 10^scale, rounded to the nearest integer, as two's complement,
 * big-endian, in as few bytes as it fits. Throws `DETENT_SCHEMAS_DECIMAL` when it is not finite or would lose digits
 * before the point (beyond 2^53 / 10^scale).
 */
export function decimalToBytes(value: number, scale: number = MONEY_SCALE): Uint8Array {
  const unscaled = Math.round(value * 10 ** scale);
  if (!Number.isSafeInteger(unscaled)) {
    throw new SchemaError(
      'DETENT_SCHEMAS_DECIMAL',
      `${value} cannot be written as a decimal with ${scale} places: it must be finite and below ${2 ** 53 / 10 ** scale}`,
    );
  }
  let size = 1;
  while (size < 7 && (unscaled < -(2 ** (8 * size - 1)) || unscaled >= 2 ** (8 * size - 1))) size += 1;
  const bytes = new Uint8Array(size);
  for (let i = size - 1, rest = unscaled; i >= 0; i -= 1) {
    bytes[i] = ((rest % 256) + 256) % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** The number that Avro's decimal means, as near as a double comes. No bytes mean 0. */
export function bytesToDecimal(bytes: Uint8Array, scale: number = MONEY_SCALE): number {
  let unscaled = bytes.length > 0 && bytes[0]! >= 128 ? -1 : 0;
  for (const byte of bytes) unscaled = unscaled * 256 + byte;
  return unscaled / 10 ** scale;
}
