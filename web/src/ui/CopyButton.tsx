import { useEffect, useState } from 'react'
import { useT } from '../i18n/i18n'
import { Button } from './Button'
import { useToast } from './Toast'

type CopyButtonProps = {
  text: string
  label?: string
  variant?: 'primary' | 'secondary' | 'quiet'
  size?: 'normal' | 'small'
}

/** Puts a text on the clipboard, and says so. */
export function CopyButton({
  text,
  label,
  variant = 'secondary',
  size = 'small',
}: CopyButtonProps) {
  const t = useT('common')
  const toast = useToast()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])

  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      // Only pages of https and of this machine have a clipboard.
      toast(t('copyFailed'), 'bad')
    }
  }

  return (
    <Button
      variant={variant}
      size={size}
      icon={copied ? 'check' : 'copy'}
      onClick={() => void copy()}
    >
      {copied ? t('copied') : (label ?? t('copy'))}
      <span role="status" className="visually-hidden">
        {copied && t('copied')}
      </span>
    </Button>
  )
}
