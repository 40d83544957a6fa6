import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Says whether a page (`sop`) of a model is there: as a file from the working directory, from the model's folder or from one
 * above it. What names no file (`SOP-17`, `https://…`) lies where nobody can look from here, and counts as there.
 */
export function pagesBeside(modelFile: string): (page: string) => boolean {
  const folders = [process.cwd()];
  for (let folder = dirname(resolve(modelFile)); ; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === dirname(folder)) break;
  }
  return (page) => {
    const path = page.replace(/#.*$/, '');
    const isFile = !/^[a-z][a-z0-9+.-]+:/i.test(path) && (path.includes('/') || /\.\w+$/.test(path));
    return !isFile || folders.some((folder) => existsSync(resolve(folder, path)));
  };
}
