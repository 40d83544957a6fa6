const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of `90s`, `5m`, `4h`, `7d`, `250ms` or a chain such as `1h30m`; undefined when it is none of these. */
export function parseDuration(text: string): number | undefined {
  const pattern = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/y;
  let total = 0;
  let end = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    total += Number(match[1]) * UNITS[match[2]!]!;
    end = pattern.lastIndex;
  }
  return end === text.length && end > 0 ? Math.round(total) : undefined;
}

/** A duration for people: `4 h`, `1 d 6 h`, `90 s`. Two units at most, rounded to the second of them. */
export function formatDuration(ms: number): string {
  const units: [string, number][] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ];
  for (let i = 0; i < units.length; i++) {
    const [name, size] = units[i]!;
    if (ms < size) continue;
    const next = units[i + 1];
    if (next === undefined) return `${Math.round(ms / size)} ${name}`;
    const whole = Math.floor(ms / size);
    const rest = Math.round((ms - whole * size) / next[1]);
    if (rest === 0) return `${whole} ${name}`;
    if (rest * next[1] === size) return `${whole + 1} ${name}`;
    return `${whole} ${name} ${rest} ${next[0]}`;
  }
  return `${Math.round(ms)} ms`;
}
