import type { PackedCarton } from './one-carton.ts';

const COLOURS = ['#4e79a7', '#f28e2b', '#59a14f', '#e15759', '#76b7b2', '#edc948', '#b07aa1', '#9c755f'];

/**
 * A drawing of a carton for its packer: every unit as a solid in its place, numbered in the order in which they go in,
 * lowest and rearmost first, with a list of the numbers beside it. An SVG text; sizes in millimetres.
 */
export function pictureOf(carton: PackedCarton): string {
  const { l, w, h } = carton.inside;
  const at = (x: number, y: number, z: number) => [x + 0.5 * y, h - z + 0.35 * (w - y)] as const;
  const points = (...corners: (readonly [number, number, number])[]) =>
    corners
      .map((corner) =>
        at(...corner)
          .map((value) => value.toFixed(1))
          .join(','),
      )
      .join(' ');
  const lines = [...new Set(carton.units.map(({ lineId }) => lineId))];
  const order = [...carton.units].sort((a, b) => a.z - b.z || b.y - a.y || a.x - b.x);
  const text = Math.max(10, Math.round(Math.min(l, h) / 14));
  const width = l + 0.5 * w + 20 * text;
  const height = Math.max(h + 0.35 * w, (order.length + 3) * 1.4 * text);
  const box = points([0, 0, 0], [l, 0, 0], [l, w, 0], [l, w, h], [0, w, h], [0, 0, h]);
  const parts = order.map((unit, n) => {
    const colour = COLOURS[lines.indexOf(unit.lineId) % COLOURS.length]!;
    const [x, y, z] = [unit.x, unit.y, unit.z];
    const [X, Y, Z] = [x + unit.l, y + unit.w, z + unit.h];
    // The front is at y = 0, so front, right side and top are seen.
    const faces = [
      [points([x, y, z], [X, y, z], [X, y, Z], [x, y, Z]), 0.85],
      [points([X, y, z], [X, Y, z], [X, Y, Z], [X, y, Z]), 0.65],
      [points([x, y, Z], [X, y, Z], [X, Y, Z], [x, Y, Z]), 1],
    ] as const;
    const drawn = faces.map(
      ([corners, shade]) => `<polygon points="${corners}" fill="${colour}" fill-opacity="${shade}" stroke="#222"/>`,
    );
    const [tx, ty] = at((x + X) / 2, y, (z + Z) / 2);
    return `<g data-line="${escaped(unit.lineId)}">${drawn.join('')}<text x="${tx.toFixed(1)}" y="${ty.toFixed(1)}" text-anchor="middle" fill="#fff">${n + 1}</text></g>`;
  });
  const list = order.map(
    (unit, n) =>
      `<text x="${(l + 0.5 * w + text).toFixed(1)}" y="${((n + 2.5) * 1.4 * text).toFixed(1)}">${n + 1}. ${escaped(unit.skuId)} ${unit.l}×${unit.w}×${unit.h} at ${unit.x}, ${unit.y}, ${unit.z}</text>`,
  );
  const title = `${carton.typeId}: ${order.length} items, ${Math.round(100 * carton.fill)} % full`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 ${(width + 8).toFixed(0)} ${(height + 8).toFixed(0)}" font-family="sans-serif" font-size="${text}">`,
    `<title>${escaped(title)}</title>`,
    `<text x="${(l + 0.5 * w + text).toFixed(1)}" y="${(1.4 * text).toFixed(1)}" font-weight="bold">${escaped(title)}</text>`,
    `<polygon points="${box}" fill="none" stroke="#888" stroke-dasharray="6 4"/>`,
    // What lies to the rear is drawn first, so that the front covers it.
    ...order
      .map((unit, n) => [unit, parts[n]!] as const)
      .sort(([a], [b]) => a.z - b.z || b.y - a.y || a.x - b.x)
      .map(([, part]) => part),
    ...list,
    '</svg>',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);
}
