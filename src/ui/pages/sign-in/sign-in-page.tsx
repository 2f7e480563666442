/** The login in the place of the page that somebody wants to see; the address stays, so that the page comes after it. */
import { Page } from '../../parts/page.tsx';
import { SignInForm } from './sign-in-form.tsx';

export const SignInPage = () => (
  <div className="narrow">
    <Page title="Sign in">
      <SignInForm staysHere={false} />
    </Page>
  </div>
);
