import { LANGUAGES, useLanguage, useT } from '../i18n/i18n'
import { useTheme, type Theme } from '../lib/theme'
import { Icon, type IconName } from '../ui/icons'
import { Menu } from '../ui/Menu'

const THEME_ICONS = { system: 'system', light: 'sun', dark: 'moon' } as const satisfies Record<
  Theme,
  IconName
>
const THEMES = ['system', 'light', 'dark'] as const

/** Language and theme, before and behind the log-in. */
export function Preferences() {
  const t = useT('common')
  const { language, setLanguage } = useLanguage()
  const [theme, setTheme] = useTheme()
  const themeNames = { system: t('themeSystem'), light: t('themeLight'), dark: t('themeDark') }
  const languages = Object.entries(LANGUAGES) as [typeof language, string][]
  return (
    <>
      <Menu
        label={`${t('language')}: ${LANGUAGES[language]}`}
        align="end"
        items={languages.map(([key, label]) => ({
          key,
          label,
          checked: key === language,
          onSelect: () => void setLanguage(key),
        }))}
      >
        <Icon name="language" />
      </Menu>
      <Menu
        label={`${t('theme')}: ${themeNames[theme]}`}
        align="end"
        items={THEMES.map((key) => ({
          key,
          label: themeNames[key],
          icon: THEME_ICONS[key],
          checked: key === theme,
          onSelect: () => setTheme(key),
        }))}
      >
        <Icon name={THEME_ICONS[theme]} />
      </Menu>
    </>
  )
}
