import { describe, expect, it } from '@jest/globals';
import { compileModel } from '../engine/engine.ts';
import { loadModel } from '../model/load.ts';
import type { ModelError } from '../model/problems.ts';
import { readExamples } from './read-examples.ts';
import { givenAt, runExample } from './run-example.ts';

const model = loadModel(
  `model: test
version: 1
entities:
  box:
    inputs: { weight: number, due: time, kind: string }
    links: { parts: { type: part, values: { quantity: number } } }
    attributes:
      weight: { latest: weight }
      hoursLeft: { until: due }
      heavyParts: { over: parts, sum: line.quantity, where: part.weight > 5, missing: default 0 }
    dimensions:
      size:
        segments: { big: { when: weight >= 10 || heavyParts >= 2 }, small: {} }
      haste:
        segments: { late: { when: hoursLeft <= 0 }, early: {} }
  part:
    inputs: { weight: number }
    attributes: { weight: { latest: weight } }
playbooks:
  - { name: lift, match: { box.size: big }, aim: safety, do: { x-people: 2 } }
`.replace('line.quantity', 'link.quantity'),
  'test.yaml',
);
const engine = compileModel(model);
const START = Date.UTC(2026, 2, 2, 8);

function run(example: string) {
  const text = `start: 2026-03-02T08:00:00Z\nexamples:\n  - name: one\n${example.replace(/^/gm, '    ')}`;
  return readExamples(text, 'test.test.yaml', model).map((each) => runExample(engine, each))[0]!;
}
function problemsOf(example: string): string[] {
  try {
    run(example);
  } catch (error) {
    return (error as ModelError).problems.map(({ line, message }) => `${line}: ${message}`);
  }
  return [];
}

describe('an example', () => {
  it('holds when what it says comes of what it gives', () => {
    const { failures, changes } = run(`
given:
  - { part: p1, at: +0m, values: { weight: 9 } }
  - { box: b1, at: +1m, every: 10m, values: { weight: [1, 2, 12], due: +5h } }
  - { box: b2, at: +2m, values: { weight: 1, due: 2026-03-02T10:00:00Z }, links: { parts: [{ part: p1, quantity: 2 }] } }
  - { box: b2, at: +90m, links: { parts: [] } }
then:
  - { box: b1, changes: [{ dimension: size, from: none, to: small, at: +1m }, { dimension: size, to: big, at: +21m, because: weight 12 }] }
  - { box: b1, at: +5h, in: { size: big, haste: late }, playbook: lift, do: { x-people: 2 } }
  - { box: b2, at: +2m, in: { size: big } }
  - { box: b2, at: +91m, in: { size: small } }
  - { box: b2, unchanged: [haste], between: [+2m, +119m] }
  - { box: b3, at: +5h, in: { size: none } }`);
    expect(failures).toEqual([]);
    expect(changes).toBeGreaterThan(6);
  });

  it('may hold a pin of a person, or taking one back', () => {
    const { failures } = run(`
given:
  - { box: b1, at: +0m, values: { weight: 7, due: +9h } }
  - { box: b1, at: +1h, pin: size, to: big, until: +3h, reason: a large lid }
  - { box: b1, at: +4h, pin: size, to: big, until: +8h }
  - { box: b1, at: +5h, pin: size }
then:
  - box: b1
    changes:
      - { dimension: size, to: small, at: +0m }
      - { dimension: size, to: big, at: +1h, origin: manual, because: a large lid }
      - { dimension: size, to: small, at: +3h, origin: timer }
      - { dimension: size, to: big, at: +4h }
      - { dimension: size, to: small, at: +5h, origin: manual }`);
    expect(failures).toEqual([]);
  });

  it('whose pin cannot be obeyed fails there', () => {
    const { failures } = run(`
given: [{ box: b9, at: +1h, pin: size, to: big, until: +3h }]
then: [{ box: b9, at: +2h, in: { size: none } }]`);
    expect(failures.map(({ message }) => message)).toEqual([
      'the pin of box b9 was refused: nothing is known of box b9, or it has ended',
    ]);
  });

  it('that fails says where it stands instead, why, and what the expected segment lacks', () => {
    const { failures } = run(`
given: [{ box: b1, at: +0m, values: { weight: 7, due: +1h } }]
then: [{ box: b1, at: +5m, in: { size: big }, playbook: lift }]`);
    expect(failures).toEqual([
      {
        line: 6,
        message: 'box b1 at +5 min: size is small, expected big',
        diff: ['why: the default; weight 7 < 10', 'big lacks: weight 7 < 10'],
      },
      { line: 6, message: 'box b1 at +5 min: the playbook is none, expected lift', diff: [] },
    ]);
  });

  it('that expects other changes shows both lists side by side', () => {
    const { failures } = run(`
given: [{ box: b1, at: +0m, every: 10m, values: { weight: [1, 12, 3], due: +9h } }]
then:
  - box: b1
    changes:
      - { dimension: size, to: small, at: +0m }
      - { dimension: size, to: big, at: +11m }
      - { dimension: size, to: small, at: +20m }`);
    expect(failures).toHaveLength(1);
    expect(failures[0]!.diff).toEqual([
      '  +0 ms size: none → small (the default; nearest: weight 1 < 10)',
      '- +11 min size: big',
      '+ +10 min size: small → big (weight 12 ≥ 10)',
      '  +20 min size: big → small (weight 3 < 10)',
    ]);
  });

  it('that expects no change names the one that came', () => {
    const { failures } = run(`
given: [{ box: b1, at: +0m, every: 10m, values: { weight: [1, 12], due: +9h } }]
then: [{ box: b1, unchanged: [size, haste], between: [+0m, +1h] }]`);
    expect(failures[0]!.diff).toEqual(['+ +10 min size: small → big (weight 12 ≥ 10)']);
  });

  it('fails where an observation is refused, unless that is what it says', () => {
    const given = (refused: string) => `
given:
  - { box: b1, at: +3d, values: { weight: 12, due: +9d } }
  - { box: b1, at: +3d, values: { weight: 12 } }
  - { box: b1, at: +3d, values: { kind: heavy } }
  - { box: b2, at: +0m, values: { weight: heavy }${refused} }
then: [{ box: b1, at: +3d, in: { size: big } }]`;
    expect(run(given('')).failures.map(({ message }) => message)).toEqual([
      'the observation of box b2 was refused: mismatched (weight is "heavy", but the model reads it as a number)',
    ]);
    expect(run(given(', refused: mismatched')).failures).toEqual([]);
    expect(run(given(', refused: late')).failures).toHaveLength(1);
  });

  it.each([
    [
      'given: [{ bx: b1, at: +0m }]\nthen: [{ box: b1, at: +0m, in: { size: big } }]',
      '4: an observation names one entity by its type, such as box: id1, did you mean box?',
    ],
    [
      'given: [{ box: b1, at: +0m, pin: size, to: bigg }]\nthen: [{ box: b1, at: +0m, in: { size: big } }]',
      '4: size has no segment bigg, did you mean big?',
    ],
    ['given: [{ box: b1, at: soon }]\nthen: [{ box: b1, at: +0m, in: { size: big } }]', '4: at must be an instant'],
    [
      'given: [{ box: b1, at: +0m, values: { wieght: 2 } }]\nthen: [{ box: b1, at: +0m, in: { size: big } }]',
      '4: box has no input wieght, did you mean weight?',
    ],
    [
      'given: [{ box: b1, at: +0m, links: { part: p1 } }]\nthen: [{ box: b1, at: +0m, in: { size: big } }]',
      '4: box has no link part, did you mean parts?',
    ],
    [
      'given: [{ box: b1, at: +0m, values: { weight: [1, 2] } }]\nthen: [{ box: b1, at: +0m, in: { size: big } }]',
      '4: several values, or times, need every',
    ],
    ['given: []\nthen: [{ box: b1, at: +0m, in: { sise: big } }]', '5: box has no dimension sise, did you mean size?'],
    ['given: []\nthen: [{ box: b1, at: +0m, in: { size: bigg } }]', '5: size has no segment bigg, did you mean big?'],
    ['given: []\nthen: [{ box: b1, at: +0m }]', '5: an expectation says in, playbook or do'],
    ['given: []\nthen: []', 'expects nothing'],
  ])('written as %s is a problem', (example, problem) => {
    expect(problemsOf(example).join('\n')).toContain(problem);
  });

  it('begins at the start of the file', () => {
    const [example] = readExamples(
      'start: 2026-03-02T08:00:00Z\nexamples: [{ name: a, given: [{ box: b, at: +1h }], then: [{ box: b, at: +2h, in: { size: none } }] }]',
      'f',
      model,
    );
    expect([givenAt(example!.given[0]!), example!.until]).toEqual([START + 3_600_000, START + 7_200_000]);
  });
});
