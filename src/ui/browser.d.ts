/** Tells the compiler of the place where the console runs. */

/** Vite takes styles out of the modules that import them. */
declare module '*.css';

/** The engine of Node has it, and the domain uses it where it is there. */
interface ErrorConstructor {
  stackTraceLimit: number;
}
