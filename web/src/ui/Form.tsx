import {
  createContext,
  use,
  useEffect,
  useId,
  useRef,
  useState,
  type FormEvent,
  type ReactNode,
} from 'react'
import { useT, type Translate } from '../i18n/i18n'
import type { FieldErrors, Problem } from '../lib/errors'
import { classes } from './classes'
import styles from './Form.module.css'
import { Notice } from './Notice'

const NONE: readonly Problem[] = []
const NOBODY: readonly string[] = []
const Errors = createContext<FieldErrors>({})

type FormProps = {
  /** Called with the values once they pass the inputs' own rules (required, type, minLength, pattern). */
  onSubmit: (values: FormData, form: HTMLFormElement) => void
  /** What the server complained about: shown at the field it names, or else above the form. */
  problems?: readonly Problem[]
  /** Says a problem in the user's language; undefined: in the server's own words. */
  explain?: (problem: Problem) => string | undefined
  className?: string | undefined
  children: ReactNode
}

/** A form of uncontrolled inputs that shows each error at its field and moves there. */
export function Form({ onSubmit, problems = NONE, explain, className, children }: FormProps) {
  const t = useT('common')
  const form = useRef<HTMLFormElement>(null)
  const id = useId()
  const [own, setOwn] = useState<FieldErrors>({})
  const [names, setNames] = useState<readonly string[]>([])
  const [edited, setEdited] = useState({ since: problems, names: NOBODY })
  const isCurrent = ({ field }: Problem) =>
    edited.since !== problems || !edited.names.includes(field ?? '')
  const inForm = ({ field }: Problem) => field !== null && names.includes(field)
  const say = (problem: Problem) => explain?.(problem) ?? describe(problem, t)
  const general = problems.filter((problem) => !inForm(problem)).map(say)
  const atFields = problems.filter((problem) => inForm(problem) && isCurrent(problem))
  const errors = {
    ...Object.fromEntries(atFields.map((problem) => [problem.field, say(problem)])),
    ...own,
  }

  useEffect(() => {
    const field = problems.find((problem) => problem.field !== null)?.field
    if (field && form.current) fieldNamed(form.current, field)?.focus()
  }, [problems])

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const element = event.currentTarget
    const found = complaints(element, t)
    setOwn(found)
    setNames([...element.elements].map(nameOf))
    const first = Object.keys(found)[0]
    if (first === undefined) onSubmit(new FormData(element), element)
    else fieldNamed(element, first)?.focus()
  }

  function forget(event: FormEvent<HTMLFormElement>) {
    const name = nameOf(event.target)
    if (own[name]) setOwn(Object.fromEntries(Object.entries(own).filter(([key]) => key !== name)))
    const before = edited.since === problems ? edited.names : NOBODY
    setEdited({ since: problems, names: [...before, name] })
  }

  return (
    <form
      ref={form}
      noValidate
      onSubmit={submit}
      onInput={forget}
      className={classes(styles.form, className)}
      aria-describedby={general.length ? id : undefined}
    >
      {general.length > 0 && (
        <Notice tone="bad" id={id}>
          {general.join(' ')}
        </Notice>
      )}
      <Errors value={errors}>{children}</Errors>
    </form>
  )
}

/** The row of buttons that ends a form. */
export function Actions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>
}

/** What is wrong with the field of this name, if anything. */
export function useFieldError(name: string): string | undefined {
  return use(Errors)[name]
}

/** A problem in words, where nobody knows better ones. */
export function describe({ code, message }: Problem, t: Translate<'common'>): string {
  if (code === 'NETWORK') return t('errorNetwork')
  return code === 'INTERNAL' || !message ? t('errorInternal') : message
}

/** The text of a field, without space around it. */
export function valueOf(values: FormData, name: string): string {
  const value = values.get(name)
  return typeof value === 'string' ? value.trim() : ''
}

function complaints(form: HTMLFormElement, t: Translate<'common'>): Record<string, string> {
  const found: Record<string, string> = {}
  for (const element of form.elements) {
    if (!isField(element) || !element.name || element.validity.valid) continue
    found[element.name] ??= complaint(element, t)
  }
  return found
}

function complaint(field: Field, t: Translate<'common'>): string {
  const { validity } = field
  if (validity.valueMissing) return t('required')
  if (validity.typeMismatch) return field.type === 'email' ? t('invalidEmail') : t('invalidUrl')
  if (validity.tooShort) return t('tooShort', { least: Number(field.getAttribute('minlength')) })
  return validity.customError ? field.validationMessage : t('invalidValue')
}

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

function isField(element: unknown): element is Field {
  return (
    element instanceof HTMLInputElement ||
    element instanceof HTMLSelectElement ||
    element instanceof HTMLTextAreaElement
  )
}

function nameOf(element: unknown): string {
  return isField(element) ? element.name : ''
}

function fieldNamed(form: HTMLFormElement, name: string): Field | undefined {
  return [...form.elements].find(
    (element): element is Field => isField(element) && element.name === name,
  )
}
