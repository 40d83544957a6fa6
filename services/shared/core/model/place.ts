import { isScalar, type Node } from 'yaml';
import type { Reader } from './reader.ts';

/**
 * Where a character of a scalar's value stands in the file. The value is what is left of the source without quotes,
 * escapes, line ends and indentation, so the two are followed side by side.
 */
export function placeIn(reader: Reader, node: Node | undefined, at: number): number {
  const [start, end] = node?.range ?? [0, 0];
  if (!isScalar(node) || typeof node.value !== 'string') return start;
  const source = reader.problems.source(start, end);
  const isBlock = node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL';
  const isQuoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
  let here = isBlock ? afterSpace(source, source.indexOf('\n')) : isQuoted ? 1 : 0;
  for (let i = 0; i < at; ) {
    if (/\s/.test(node.value[i]!)) {
      i = afterSpace(node.value, i);
      here = afterSpace(source, here);
      continue;
    }
    const isPair = node.type === 'QUOTE_DOUBLE' ? source[here] === '\\' : isQuoted && source[here] === "'";
    here += isPair ? 2 : 1;
    i++;
  }
  return start + Math.min(here, source.length);
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at]!)) at++;
  return at;
}
