// The few steps in the app that the measurements share.
import { origin } from "./cloud.mjs";

/** Ends on the list of images, as alice. */
export async function signIn(page) {
  await page.goto(`${origin}/images`);
  await page.getByLabel("User name", { exact: true }).fill("alice");
  await page.getByLabel("Password", { exact: true }).fill("password");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Images", level: 1 }).waitFor();
  await page.getByRole("table", { name: "Images" }).getByRole("link").first().waitFor();
}

/**
 * Goes to another document of the same site. To go to an address where one is already is a reload, which asks for every file once
 * more; and from another site the browser would start a process first.
 */
export async function leave(page) {
  await page.goto(`${origin}/config.json`);
}

/** Gives a browser's pages `benchPainted`, for all that is measured until a frame is on the screen. */
export function withPainted(context) {
  return context.addInitScript(() => {
    /** The time when the first frame in which something is there has been painted: the next one, if nothing is named. */
    window.benchPainted = (isThere = () => true) =>
      new Promise((resolve) => {
        const look = () => {
          if (!isThere()) return requestAnimationFrame(look);
          // The frame is painted after this callback, and the next task comes after that: a port's, since a timer's may wait
          // for others.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.now());
          port2.postMessage(0);
        };
        requestAnimationFrame(look);
      });
  });
}
