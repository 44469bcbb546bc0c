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

/** Say a slider's value exact and as it is written. */
function withValue(SliderView) {
  return class extends SliderView {
    render() {
      super.render();
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

const SLIDERS = Object.fromEntries(
  ["FloatSliderView", "IntSliderView", "SelectionSliderView"].map((name) => [
    name,
    withValue(controls[name]),
  ]),
);

/** Models and views of one page; there is no kernel to talk to. */
class PageManager extends ManagerBase {
  async loadClass(className, moduleName) {
    const found = SLIDERS[className] ?? MODULES[moduleName]?.[className];
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

/** A view and all views inside it, once they are there. */
async function viewsIn(view) {
  const children = await Promise.all(view.children_views?.views ?? []);
  return [view, ...(await Promise.all(children.map(viewsIn))).flat()];
}

/** Wait until an element holds something. */
function filled(element) {
  return new Promise((done) => {
    const look = () => {
      if (!element.hasChildNodes()) return;
      observer.disconnect();
      done();
    };
    const observer = new MutationObserver(look);
    observer.observe(element, { childList: true });
    look();
  });
}

/**
 * Draw one widget behind its placeholder, and put away the notice that stands in for it once the
 * widget's own scripts have drawn something; if one of them fails, its place stays empty and the
 * notice where it is.
 */
async function draw(manager, placeholder) {
  const { model_id } = JSON.parse(placeholder.textContent);
  const view = await manager.create_view(await manager.get_model(model_id));
  if (view instanceof base.ErrorWidgetView) return; // said on the console
  const area = document.createElement("div");
  area.className = "widget-area";
  placeholder.after(area);
  Widget.attach(view.luminoWidget, area);
  const views = await viewsIn(view);
  if (views.some((part) => part instanceof base.ErrorWidgetView)) return;
  const scripted = views.filter((part) => part instanceof MODULES.anywidget.AnyView);
  await Promise.all(scripted.map((part) => filled(part.el)));
  const notice = area.nextElementSibling;
  if (notice?.matches(".widget-notice")) notice.hidden = true;
}

/** What the site hands over apart from the page, by name: book/widgets/apart.py. */
const handedOver = new Map();
document.addEventListener("ae-data", ({ detail }) => handedOver.set(detail.name, detail.text));

/** A saved state, its widgets of ours with their scripts and style sheets. */
function completed(saved) {
  for (const { state } of Object.values(saved.state)) {
    const own = handedOver.get(`live/${state._anywidget_id?.split(".").pop()}`);
    if (own) Object.assign(state, JSON.parse(own));
  }
  return saved;
}

async function main() {
  const manager = new PageManager();
  for (const state of document.querySelectorAll(`script[type="${STATE}"]`))
    await manager.set_state(completed(JSON.parse(state.textContent)));
  const placeholders = document.querySelectorAll(`script[type="${VIEW}"]`);
  await Promise.all([...placeholders].map((placeholder) => draw(manager, placeholder)));
}

// once the deferred scripts behind this one have handed over theirs
document.addEventListener("DOMContentLoaded", main);
