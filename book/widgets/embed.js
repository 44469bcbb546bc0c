// The widget runtime of the built site: draws the widgets that a notebook left on the page,
// without a kernel. Bundled by build_runtime.mjs into one classic script, which works from
// file:// too, where a module script would be refused.
import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as controls from "@jupyter-widgets/controls";
import { Widget } from "@lumino/widgets";
import "anywidget";
import { factory as anywidget } from "./amd_define.js";
import "./embed.css";

const STATE = "application/vnd.jupyter.widget-state+json";
const VIEW = "application/vnd.jupyter.widget-view+json";

const MODULES = {
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": controls,
  anywidget: anywidget(base),
};

/** Name a slider's handle and its number as the slider; say its value exact and as it is written. */
function withNames(SliderView) {
  return class extends SliderView {
    render() {
      super.render();
      this.label.id = `${this.cid}-label`;
      this.readout.setAttribute("role", "textbox");
      for (const part of [...this.el.querySelectorAll(".noUi-handle"), this.readout])
        part.setAttribute("aria-labelledby", this.label.id);
      this.listenTo(this.model, "change", this.sayValue);
      this.sayValue();
    }

    sayValue() {
      const handle = this.el.querySelector(".noUi-handle");
      handle.setAttribute("aria-valuetext", this.readout.textContent);
      // noUiSlider rounds this to one decimal
      handle.setAttribute("aria-valuenow", this.model.get("value") ?? this.model.get("index"));
    }
  };
}

const NAMED = Object.fromEntries(
  ["FloatSliderView", "IntSliderView", "SelectionSliderView"].map((name) => [
    name,
    withNames(controls[name]),
  ]),
);

/** Models and views of one page; there is no kernel to talk to. */
class PageManager extends ManagerBase {
  async loadClass(className, moduleName) {
    const found = NAMED[className] ?? MODULES[moduleName]?.[className];
    if (!found)
      throw new Error(`The page's widget runtime has no ${className} of ${moduleName}; see book/widgets/embed.js`);
    return found;
  }

  /** A label is plain text here; the sanitizer for labels in HTML would weigh 60 KB. */
  inline_sanitize(source) {
    const text = document.createElement("span");
    text.textContent = source;
    return text.innerHTML;
  }

  async _get_comm_info() {
    return {};
  }

  async _create_comm() {
    throw new Error("A built page has no kernel.");
  }
}

/** Draw one widget behind its placeholder and put away the notice that stands in for it. */
async function draw(manager, placeholder) {
  const { model_id } = JSON.parse(placeholder.textContent);
  const view = await manager.create_view(await manager.get_model(model_id));
  if (view instanceof base.ErrorWidgetView) return; // said on the console; the notice stays
  const area = document.createElement("div");
  area.className = "widget-area";
  placeholder.after(area);
  Widget.attach(view.luminoWidget, area);
  const notice = area.nextElementSibling;
  if (notice?.matches(".widget-notice")) notice.hidden = true;
}

async function main() {
  const manager = new PageManager();
  for (const state of document.querySelectorAll(`script[type="${STATE}"]`))
    await manager.set_state(JSON.parse(state.textContent));
  const placeholders = document.querySelectorAll(`script[type="${VIEW}"]`);
  await Promise.all([...placeholders].map((placeholder) => draw(manager, placeholder)));
}

// A widget that fails later, while its own script loads, leaves an empty place
addEventListener("unhandledrejection", () => {
  for (const notice of document.querySelectorAll(".widget-notice")) notice.hidden = false;
});

main();
