/** The jobs that a person has starred in this browser. */
import { createKeptStore } from './kept.ts';
import { useStore } from './store.ts';

const parse = (value: unknown): readonly string[] | null =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : null;

const stars = createKeptStore<readonly string[]>('browser', 'stars', [], parse);

export const useStars = (): readonly string[] => useStore(stars);

export const turnStar = (job: string): void =>
  stars.set((now) => (now.includes(job) ? now.filter((one) => one !== job) : [...now, job].sort()));
