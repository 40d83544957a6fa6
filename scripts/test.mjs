/** `npm test`: sets up, then runs scripts/test/main.ts under Node 24. Arguments go on to jest. */
process.argv.splice(2, 0, '--script', 'scripts/test/main.ts');
await import('./with-setup.mjs');
