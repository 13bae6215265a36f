const settingsWatchers = [];
let settings = { theme: 'light' };

// Each watcher keeps a draft of its own.
class DraftOfSettings {
  constructor(owner) {
    this.label = `${owner.visitor.name} at ${settings.theme}`;
  }
}

export function watchSettings(owner) {
  const draft = new DraftOfSettings(owner);
  settingsWatchers.push(function onSettings(next) {
    settings = next;
    return draft.label.length;
  });
}
