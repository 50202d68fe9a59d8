import { useState } from "react"
import { MoonIcon, SunIcon, SystemIcon } from "./icons.tsx"

/** Read by public/theme.js before the first paint. */
const KEY = "robokit.theme"
const THEMES = { system: SystemIcon, light: SunIcon, dark: MoonIcon }
type Theme = keyof typeof THEMES
const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" }

export function ThemeToggle() {
  const [theme, setTheme] = useState(present)
  const choose = () => {
    const next = NEXT[theme]
    setTheme(next)
    show(next)
  }
  const Icon = THEMES[theme]
  return (
    <button
      type="button"
      className="button button-quiet button-small"
      onClick={choose}
      aria-label={`Theme: ${theme}. Change to ${NEXT[theme]}.`}
      title={`Theme: ${theme}`}
    >
      <Icon />
    </button>
  )
}

function present(): Theme {
  const theme = document.documentElement.dataset.theme
  return theme === "light" || theme === "dark" ? theme : "system"
}

function show(theme: Theme) {
  if (theme === "system") delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // Storage is switched off: the choice holds until the page is left.
  }
}
