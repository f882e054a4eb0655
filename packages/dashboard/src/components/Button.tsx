// Buttons, and links that look like them.
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';
import { Button as AriaButton, type ButtonProps } from 'react-aria-components/Button';

type Look = 'primary' | 'quiet' | 'danger' | 'compact' | 'quiet compact' | 'danger compact';

interface Props extends ButtonProps {
  look?: Look;
  /** Shown when the pointer rests on it; the name where the button shows only an icon. */
  title?: string;
}

export function Button({ look, title, ...props }: Props) {
  return <AriaButton {...props} {...(title && { 'aria-label': title })} className={`button ${look ?? ''}`} />;
}

interface AnchorProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  look?: Look;
  ref?: Ref<HTMLAnchorElement>;
}

function Anchor({ look, ...props }: AnchorProps) {
  return <a {...props} className={`button ${look ?? ''}`} />;
}

export const LinkButton = createLink(Anchor);
