// Runs before the first paint, so that nobody who chose a theme sees the other one flash. A file of its own: the
// content security policy allows no inline script.
;(() => {
  try {
    const theme = localStorage.getItem("robokit.theme")
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme
  } catch {
    // Storage is switched off: the system's theme it is.
  }
})()
