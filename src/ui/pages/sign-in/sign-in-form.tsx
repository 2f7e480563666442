/** The ways in: the identity provider where there is one, and a token. */
import { useMutation } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { problemIn } from '../../api/problems.ts';
import { loginAddress, signInWithToken } from '../../api/session.ts';
import { useRead } from '../../api/use-read.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';

interface SignInFormProps {
  /** Whether the page must stay, because somebody may be in the middle of something: the provider then has its own tab. */
  readonly staysHere: boolean;
}

export function SignInForm({ staysHere }: SignInFormProps) {
  const { data: methods } = useRead('/login/methods', {});
  const browser = methods?.browser ?? null;
  return (
    <>
      {browser !== null && <ProviderLink browser={browser} staysHere={staysHere} />}
      <TokenForm isOnly={browser === null} />
      {location.protocol === 'http:' && !isLoopback(location.hostname) && (
        <p className="note tone-warn">
          This page is not encrypted: whoever is on the way can read a token that you send.
        </p>
      )}
    </>
  );
}

function ProviderLink({ browser, staysHere }: { readonly browser: string; readonly staysHere: boolean }) {
  const here = location.pathname + location.search;
  return (
    <p>
      {staysHere ? (
        <a className="button primary" href={loginAddress(browser, '/signed-in')} target="_blank" rel="opener">
          Sign in in another tab
        </a>
      ) : (
        <a className="button primary" href={loginAddress(browser, here)}>
          Sign in
        </a>
      )}
    </p>
  );
}

function TokenForm({ isOnly }: { readonly isOnly: boolean }) {
  const [token, setToken] = useState('');
  const { mutate, isPending, error } = useMutation({ mutationFn: signInWithToken, gcTime: 0 });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isPending && token !== '') mutate(token.trim());
  };
  const problem = error === null ? null : problemIn(error);
  return (
    <form onSubmit={submit}>
      <Field
        label={isOnly ? 'Token' : 'Or a token'}
        hint="As `sluice token create` has shown it. The browser keeps it where no script can read it."
        error={problem && `${problem.detail}. ${problem.hint}`}
      >
        {(control) => (
          <input
            {...control}
            type="password"
            autoComplete="off"
            spellCheck={false}
            value={token}
            onChange={({ target }) => setToken(target.value)}
          />
        )}
      </Field>
      <Button type="submit" look={isOnly ? 'primary' : 'plain'} isBusy={isPending}>
        Sign in with the token
      </Button>
    </form>
  );
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || host.startsWith('127.');
