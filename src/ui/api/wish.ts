/** A request before it has an id. */
import type { OperationKind } from '../../domain/lifecycle.ts';

/** The fields of a kind of operation, as `requestSchemas` of the domain has them. */
export type Wish = { readonly kind: OperationKind; readonly reason?: string } & Readonly<Record<string, unknown>>;
