/**
 * `node schemas/release.ts`: commits today's schemas to `previous/` as versions in use, with their golden bytes, so that
 * every later schema must read them. Run it when a version goes out. Refuses while something is incompatible.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { checkCompatibility, loadPrevious } from './compatibility.ts';
import { readGolden } from './golden.ts';
import { fullName, loadSchemas, schemasDir } from './load.ts';

const problems = checkCompatibility();
for (const { record, version, problem } of problems) console.error(`${record}, version ${version}: ${problem}`);
if (problems.length > 0) process.exit(1);

mkdirSync(join(schemasDir, 'previous'), { recursive: true });
const previous = loadPrevious();
for (const schema of loadSchemas()) {
  const name = fullName(schema);
  const versions = previous.get(name) ?? [];
  if (isDeepStrictEqual(versions.at(-1)?.schema, schema)) continue;
  versions.push({ schema, samples: readGolden(name) });
  writeFileSync(join(schemasDir, 'previous', `${name}.json`), `${JSON.stringify(versions, null, 1)}\n`);
  console.log(`${name}: version ${versions.length}`);
}
