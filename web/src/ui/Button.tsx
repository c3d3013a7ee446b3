import { createLink } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'
import styles from './Button.module.css'
import { classes } from './classes'
import { Icon, type IconName } from './icons'

type Look = {
  variant?: 'primary' | 'secondary' | 'quiet' | 'danger'
  size?: 'normal' | 'small' | 'large'
  icon?: IconName
}

type ButtonProps = ComponentProps<'button'> & Look & { busy?: boolean }

/** A button; `type="button"` unless said otherwise. Busy, it spins, stays focused and ignores clicks. */
export function Button({
  variant,
  size,
  icon,
  busy = false,
  children,
  className,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(look(variant, size), className)}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <span className={styles.spinner} /> : icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

type IconButtonProps = Omit<ComponentProps<'button'>, 'children'> & {
  icon: IconName
  label: string
  size?: 'normal' | 'small'
}

/** A button that shows an icon alone; its label is read out and shown on hover. */
export function IconButton({ icon, label, size, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classes(look('quiet', size), styles.square, className)}
    >
      <Icon name={icon} />
    </button>
  )
}

type AnchorProps = ComponentProps<'a'> & Look & { children?: ReactNode }

function Anchor({ variant, size, icon, children, className, ...rest }: AnchorProps) {
  return (
    <a {...rest} className={classes(look(variant, size), className)}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  )
}

/** A link of the router that looks like a button: `to`, `params` and `search` as on `Link`. */
export const LinkButton = createLink(Anchor)

function look(variant: Look['variant'] = 'secondary', size: Look['size'] = 'normal') {
  return classes(styles.button, styles[variant], styles[size])
}
