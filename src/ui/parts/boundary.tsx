/** Keeps the fault of one panel to that panel. */
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { ProblemNote } from './states.tsx';

interface Props {
  readonly children: ReactNode;
  /** The fault is forgotten when this changes, such as with the page. */
  readonly of?: string;
}

interface State {
  readonly failure: unknown;
  readonly of: string | undefined;
}

export class Boundary extends Component<Props, State> {
  override state: State = { failure: null, of: this.props.of };

  static getDerivedStateFromError(failure: unknown): Partial<State> {
    return { failure };
  }

  static getDerivedStateFromProps({ of }: Props, state: State): State | null {
    return of === state.of ? null : { failure: null, of };
  }

  override componentDidCatch(failure: unknown, { componentStack }: ErrorInfo): void {
    reportError(new Error(`A panel has failed${componentStack ?? ''}`, { cause: failure }));
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    return <ProblemNote failure={failure} onRetry={() => this.setState({ failure: null })} />;
  }
}
