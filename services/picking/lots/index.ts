export * from './lot-news.ts';
export * from './lots.ts';
