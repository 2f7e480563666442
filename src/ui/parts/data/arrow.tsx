/** Between a value before and the one after. Drawn, because not every font has the sign. */
import { ArrowRight } from 'lucide-react';

export const Arrow = () => <ArrowRight aria-label="to" role="img" />;
