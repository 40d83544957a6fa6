/**
 * Adds to package-lock.json the optional packages of other platforms that npm left out because the registry in reach
 * does not have them. Without them `npm ci` calls the lock incomplete and installs nothing, on any machine.
 * Run after `npm install` changed the lock; `scripts/complete-lock.test.ts` says when it is needed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const file = join(dirname(dirname(fileURLToPath(import.meta.url))), 'package-lock.json');
const platform =
  /(android|darwin|freebsd|linux|openharmony|win32)-(arm64|armv7|arm|x64|ia32|loong64|ppc64|riscv64|s390x)/;

/** Optional packages that the lock names and does not hold: name, version and what asks for it. */
function holes(packages) {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !packages[`node_modules/${name}`] && !packages[`${parent}/node_modules/${name}`])
      .map(([name, version]) => ({ name, version, parent, dev })),
  );
}

function entry({ name, version, parent, dev }) {
  const [, os, cpu] = platform.exec(name) ?? [];
  if (!os || !/^\d/.test(version)) throw new Error(`${parent} asks for ${name}@${version}: complete the lock by hand.`);
  const libc = os === 'linux' ? [/musl/.test(name) ? 'musl' : 'glibc'] : undefined;
  return { version, cpu: [cpu], ...(dev && { dev }), ...(libc && { libc }), optional: true, os: [os] };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const found = holes(lock.packages);
  for (const hole of found) lock.packages[`node_modules/${hole.name}`] = entry(hole);
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`package-lock.json: ${found.length} entries added`);
}
