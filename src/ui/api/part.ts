/** The parts that may not answer: the API itself, what it asks, and the stream of its news. */
export type Part = 'api' | 'temporal' | 'storage' | 'stream';
