import { describe, expect, it } from '@jest/globals';
import { loadModel } from '../model/load.ts';
import { lintModel } from './lint.ts';

/** A model of one entity type with these attributes and this dimension, each an indented block. */
function modelWith(segments: string, attributes = '', rest = ''): string {
  return `model: test
version: 1
entities:
  thing:
    inputs:
      x: number
      y: number
      share: { type: number, range: [0, 1] }
      kind: string
      flag: boolean
    attributes:
      x: { latest: x }
      y: { latest: y }
      share: { latest: share }
      kind: { latest: kind }
      flag: { latest: flag }
${attributes}    dimensions:
      d:
        segments:
${segments}
      uses:
        segments:
          all: { when: "x + y + share > 0 && kind != 'q' && flag", sop: a.md }
          rest: {}
${rest}`;
}

function found(text: string, wanted?: string): string[] {
  return lintModel(loadModel(text, 'test.yaml'), text)
    .filter(({ code, allowed }) => allowed === null && (wanted === undefined || code === wanted))
    .map(({ code, where, message }) => `${code} ${where}: ${message}`);
}

const segment = (name: string, of: string) => `          ${name}: { ${of} }\n`;
const FALLBACK = '          c: {}';

describe('the linter', () => {
  it('finds nothing in nested cuts with a wider stay', () => {
    const a = segment('a', 'when: x >= 10, stay: x >= 6, sop: a.md');
    const b = segment('b', 'when: x >= 2, stay: x >= 1, sop: b.md');
    expect(found(modelWith(a + b + FALLBACK))).toEqual([]);
  });

  it.each([
    // What is never reached.
    ['when: x > 5 && x < 3, sop: a.md', 'when: y > 1, sop: b.md', 'unreachable-segment', 'a can never hold'],
    [
      "when: kind == 'p' && kind == 'q', sop: a.md",
      'when: y > 1, sop: b.md',
      'unreachable-segment',
      'a can never hold',
    ],
    [
      'when: x >= 2 || y >= 2, sop: a.md',
      'when: x >= 3 && y < 0, sop: b.md',
      'unreachable-segment',
      'taken by a before it',
    ],
    [
      "when: \"kind in ['p', 'q']\", sop: a.md",
      "when: kind == 'q' && x > 1, sop: b.md",
      'unreachable-segment',
      'taken by a',
    ],
    [
      'when: x <= 5 || x >= 4 && flag, sop: a.md',
      'when: x > 5 && flag && y > 2, sop: b.md',
      'unreachable-segment',
      'taken by a',
    ],
    // Rules that cross.
    ['when: x >= 10, sop: a.md', 'when: y >= 10, sop: b.md', 'overlap', 'a and b can hold together; a comes first'],
    // Cuts that do not meet.
    ['when: x >= 10, sop: a.md', 'when: x >= 2 && x < 8, sop: b.md', 'gap', 'at x 8 to 10 no segment holds, so c'],
    ['when: x > 10, sop: a.md', 'when: x < 10, sop: b.md', 'gap', 'at x 10 no segment holds'],
    // Bounds that say what the order says.
    ['when: x >= 10, sop: a.md', 'when: x >= 2 && x < 10, sop: b.md', 'redundant-bound', 'the bound of x at 10'],
    // Exits.
    [
      'when: x >= 10, stay: x >= 12, sop: a.md',
      'when: y > 1, sop: b.md',
      'stay-stricter-than-when',
      'x enters at at least 10',
    ],
    [
      'when: flag && x > 1, stay: "!flag && x > 1", sop: a.md',
      'when: y > 1, sop: b.md',
      'stay-stricter-than-when',
      'flag must be',
    ],
    // Ranges.
    ['when: share >= 1.5, sop: a.md', 'when: y > 1, sop: b.md', 'threshold-out-of-range', 'share >= 1.5 is never true'],
    [
      'when: share >= 0 && x > 1, sop: a.md',
      'when: y > 1, sop: b.md',
      'threshold-out-of-range',
      'share >= 0 is always true',
    ],
    [
      'when: share * 2 - 1 > 1 && x > 1, sop: a.md',
      'when: y > 1, sop: b.md',
      'threshold-out-of-range',
      'is never true',
    ],
    // Actions.
    ['when: x > 5', 'when: y > 1, sop: b.md', 'no-procedure', 'what to do for a'],
    ['when: x > 5, sop: same.md', 'when: x > 1, sop: same.md', 'same-actions', 'for b the same is done as for a'],
  ])('of %s and %s says %s', (a, b, code, message) => {
    const said = found(modelWith(segment('a', a) + segment('b', b) + FALLBACK), code);
    expect(said.length).toBeGreaterThan(0);
    expect(said[0]).toContain(message);
  });

  it.each([
    // One region of the default between two cuts is what a middle is for.
    ['when: x < 2, sop: a.md', 'when: x > 8, sop: b.md', 'gap'],
    // Exclusive by a text, a fact or a bound.
    ["when: kind == 'p', sop: a.md", "when: kind != 'p' && y > 1, sop: b.md", 'overlap'],
    ['when: flag && x > 1, sop: a.md', 'when: "!flag && y > 1", sop: b.md', 'overlap'],
    ['when: x > 5 && y > 1, sop: a.md', 'when: x <= 5 && y > 0, sop: b.md', 'overlap'],
    // Who comes in by one thing may stay by another.
    ['when: x >= 4 && y >= 4, stay: x >= 2, sop: a.md', 'when: y > 1, sop: b.md', 'stay-stricter-than-when'],
    ['when: x >= 4, stay: y >= 2, sop: a.md', 'when: y > 1, sop: b.md', 'stay-stricter-than-when'],
    // A bound that the order does not hold.
    ['when: x >= 10 && flag, sop: a.md', 'when: x >= 2 && x < 10, sop: b.md', 'redundant-bound'],
    ['when: share >= 0.5, sop: a.md', 'when: share > 0.2, sop: b.md', 'threshold-out-of-range'],
  ])('of %s and %s does not say %s', (a, b, code) => {
    expect(found(modelWith(segment('a', a) + segment('b', b) + FALLBACK), code)).toEqual([]);
  });

  it('knows the ranges of what is folded, derived and read from others', () => {
    const attributes = `      returned: { ratio: { hits: x, trials: y }, window: 1d }
      counted: { count: flag, window: 1d }
      half: { derive: share / 2 }
      sinceFlag: { since: flag }
      safe: { latest: x, missing: default 3 }
`;
    const never = (condition: string) =>
      found(modelWith(segment('a', `when: ${condition}, sop: a.md`) + FALLBACK, attributes), 'threshold-out-of-range')
        .length;
    expect(['returned > 1', 'counted < 0', 'half > 0.5', 'sinceFlag < 0'].map(never)).toEqual([1, 1, 1, 1]);
    expect(['returned > 0.9', 'counted < 1', 'half > 0.4', 'safe < 0'].map(never)).toEqual([0, 0, 0, 0]);
  });

  it('names attributes that nothing comes to read, and none that are read through others', () => {
    const attributes = '      half: { derive: x / 2 }\n      idle: { derive: half + 1 }\n';
    const a = segment('a', 'when: half > 3, sop: a.md');
    expect(found(modelWith(a + FALLBACK, attributes))).toEqual([
      expect.stringMatching(/^unused-attribute thing attribute idle: no dimension comes to read idle/),
    ]);
  });

  it('takes a playbook for a procedure, and tells two segments apart by theirs', () => {
    const segments = segment('a', 'when: x > 5') + segment('b', 'when: x > 1') + FALLBACK;
    const playbook = (name: string, priority: number) =>
      `  - { name: ${name}, match: { thing.d: ${name} }, aim: cost, do: { priority: ${priority} } }\n`;
    expect(found(modelWith(segments, '', `playbooks:\n${playbook('a', 1)}${playbook('b', 2)}`))).toEqual([]);
    expect(found(modelWith(segments, '', `playbooks:\n${playbook('a', 1)}${playbook('b', 1)}`))).toHaveLength(1);
  });

  describe('of playbooks', () => {
    const playbook = (packing: string, rest = '') =>
      modelWith(
        segment('a', 'when: x > 5, sop: there.md') + FALLBACK,
        '',
        `playbooks:
  - { name: p, match: { thing.d: a }, aim: cost, do: { packing: { ${packing} } }, sop: gone.md${rest} }
`,
      );
    const at = (text: string) =>
      lintModel(loadModel(text, 't'), text, { hasPage: (page) => page !== 'gone.md' })
        .filter(({ allowed }) => allowed === null)
        .map(({ code, line, column, message }) => [
          code,
          text.split('\n')[line - 1]!.slice(column - 1, column + 5),
          message,
        ]);

    it('names pages that are not there and materials that are none, where they stand', () => {
      expect(at(playbook('carton: nope, dunnage: wood-wol, liner: gold'))).toEqual([
        ['unknown-material', 'dunnag', 'wood-wol is no usual dunnage, did you mean wood-wool?'],
        ['unknown-material', 'liner:', expect.stringMatching(/^gold is no usual liner/)],
        ['missing-page', 'sop: g', expect.stringContaining('there is no page gone.md')],
      ]);
    });

    it('allows both with a reason beside the playbook', () => {
      const allow = ', allow: [{ code: missing-page, reason: r }, { code: unknown-material, reason: our own }]';
      expect(at(playbook('dunnage: hay', allow))).toEqual([]);
      expect(at(playbook('dunnage: foam', allow)).map(([code]) => code)).toEqual(['unused-allow']);
    });

    it('looks for no page where nobody can say which there are', () => {
      expect(found(playbook('dunnage: foam', ', allow: [{ code: missing-page, reason: r }]'))).toEqual([]);
    });
  });

  describe('allow', () => {
    const twin = (allow: string) =>
      modelWith(
        segment('a', 'when: x > 5, sop: same.md') + segment('b', `when: x > 1, sop: same.md${allow}`) + FALLBACK,
      );

    it('quiets one finding, with its reason', () => {
      const text = twin(', allow: [{ code: same-actions, reason: the floor asked for it }]');
      expect(found(text)).toEqual([]);
      expect(lintModel(loadModel(text, 't'), text)).toMatchObject([
        { code: 'same-actions', allowed: 'the floor asked for it' },
      ]);
    });

    it.each([
      [
        ', allow: [{ code: same-action, reason: x }]',
        'allow-invalid',
        'there is no finding same-action, did you mean same-actions?',
      ],
      [', allow: [{ code: same-actions }]', 'allow-invalid', 'needs a reason'],
      [', allow: same-actions', 'allow-invalid', 'must be a list'],
      [', allow: [{ code: gap, reason: x }]', 'unused-allow', 'gap is allowed here, but not found'],
    ])('written as %s is itself %s', (allow, code, message) => {
      expect(found(twin(allow), code)[0]).toContain(message);
    });

    it('of a dimension covers its segments; for what only events show it is not called unused', () => {
      const text = modelWith(segment('a', 'when: x > 5') + FALLBACK).replace(
        '        segments:',
        '        allow: [{ code: no-procedure, reason: r }, { code: flapping, reason: r }]\n        segments:',
      );
      expect(found(text)).toEqual([]);
    });
  });

  it('says where: the line and column of the segment', () => {
    const text = modelWith(segment('a', 'when: x > 5') + FALLBACK);
    const [finding] = lintModel(loadModel(text, 't'), text);
    expect(text.split('\n')[finding!.line - 1]!.slice(finding!.column - 1)).toMatch(/^a: \{ when: x > 5/);
  });
});
