/** Record headers as bytes: for each, length and UTF-8 name, length and value (lengths as 4 bytes, big-endian). */
export function encodeHeaders(headers: Readonly<Record<string, string | Buffer>> | undefined): Buffer | null {
  if (headers === undefined) return null;
  const parts: Buffer[] = [];
  for (const name in headers) {
    const value = headers[name]!;
    for (const part of [Buffer.from(name), typeof value === 'string' ? Buffer.from(value) : value]) {
      const length = Buffer.allocUnsafe(4);
      length.writeUInt32BE(part.length);
      parts.push(length, part);
    }
  }
  return parts.length === 0 ? null : Buffer.concat(parts);
}

export function decodeHeaders(bytes: Uint8Array | null): Record<string, Buffer> {
  const headers: Record<string, Buffer> = {};
  if (bytes === null) return headers;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const next = (): Buffer => {
    const length = buffer.readUInt32BE(at);
    at += 4 + length;
    return buffer.subarray(at - length, at);
  };
  while (at < buffer.length) headers[next().toString()] = next();
  return headers;
}
