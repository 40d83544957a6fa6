import './heap.ts';
import { enableCompileCache } from 'node:module';

// Types are stripped and code is compiled once for all starts, not at each.
enableCompileCache();
await import('./program.ts');
