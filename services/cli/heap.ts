import { setFlagsFromString } from 'node:v8';

// What buffers hold counts towards the limit of the heap (V8 13 and later). Otherwise every 64 MiB of buffers that pass
// through start a collection of the whole heap, however large it is: `docs/decisions/0025-buffers-count-as-heap.md`.
setFlagsFromString('--external-memory-accounted-in-global-limit');
