import { isMap, LineCounter, type Node, parseDocument, stringify } from 'yaml';

type Knobs = Record<string, unknown>;

/**
 * What to write where: the `hysteresis` of a dimension (`sku.velocity`) with the knobs laid over it, null taking one
 * away, and those of its segments that say one of them otherwise. Each line begins with the place in the file.
 */
export function changedLines(text: string, file: string, dimension: string, knobs: Readonly<Knobs>): string[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [type = '', name = ''] = [
    dimension.slice(0, dimension.indexOf('.')),
    dimension.slice(dimension.indexOf('.') + 1),
  ];
  const path = ['entities', type, 'dimensions', name];
  const place = (at: readonly string[]) => {
    const node = document.getIn(at, true) as Node | undefined;
    return `${file}:${lines.linePos(node?.range?.[0] ?? 0).line}`;
  };
  const written = (at: readonly string[]): Knobs => {
    const node = document.getIn(at, true);
    return isMap(node) ? (node.toJSON() as Knobs) : {};
  };
  const own = written([...path, 'hysteresis']);
  const has = document.hasIn([...path, 'hysteresis']);
  const result = [`${place(has ? [...path, 'hysteresis'] : path)}: hysteresis: ${inline(laidOver(own, knobs))}`];
  for (const segment of Object.keys(written([...path, 'segments']))) {
    const at = [...path, 'segments', segment, 'hysteresis'];
    const others = written(at);
    const clashes = Object.keys(others).filter((knob) => knob in knobs);
    if (clashes.length === 0) continue;
    result.push(`${place(at)}: of segment ${segment} take away ${clashes.join(', ')}`);
  }
  return result;
}

function laidOver(own: Readonly<Knobs>, knobs: Readonly<Knobs>): Knobs {
  return Object.fromEntries(Object.entries({ ...own, ...knobs }).filter(([, value]) => value !== null));
}

function inline(knobs: Knobs): string {
  return stringify(knobs, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}
