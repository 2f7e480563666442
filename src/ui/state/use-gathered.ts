/** Readings that changes ask for. @see createGathering */
import { useEffect, useState } from 'react';
import { createGathering } from './gathering.ts';
import { isVisible, onVisibility } from './visible.ts';

/** @returns what asks for the reading. */
export function useGathered(act: () => void): () => void {
  const [gathering] = useState(() => createGathering({ isVisible, onVisibility }));
  useEffect(() => gathering.follow(), [gathering]);
  return () => gathering.call(act);
}
