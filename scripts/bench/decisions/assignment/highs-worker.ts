/** Worker thread: takes `{ lp, timeLimitS }`, answers `{ status, cost, taken, ms }` of HiGHS. */
import { parentPort } from 'node:worker_threads';
import highsModule, { type LegacyHighs } from 'highs';

// The package's types describe its CommonJS face; what is imported here is the function itself.
const highs = await (highsModule as unknown as () => Promise<LegacyHighs>)();

parentPort!.on('message', ({ lp, timeLimitS }: { lp: string; timeLimitS: number }) => {
  const from = performance.now();
  const options = { output_flag: false, mip_rel_gap: 1e-4, mip_abs_gap: 0, time_limit: timeLimitS };
  const { Status, ObjectiveValue, Columns } = highs.solve(lp, options);
  const taken = Object.entries(Columns).flatMap(([name, column]) =>
    'Primal' in column && (column.Primal ?? 0) > 0.5 ? [name] : [],
  );
  parentPort!.postMessage({ status: Status, cost: ObjectiveValue, taken, ms: performance.now() - from });
});
