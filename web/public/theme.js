// Before the first paint: the chosen theme and language, so that nothing flashes.
;(function () {
  try {
    var theme = localStorage.getItem('perpetuo-theme')
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
    var language = localStorage.getItem('perpetuo-language') || navigator.language
    document.documentElement.lang = /^pt/i.test(language) ? 'pt-BR' : 'en'
  } catch {
    // Storage is blocked: the system's theme and English do.
  }
})()
