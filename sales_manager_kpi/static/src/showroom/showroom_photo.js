const LONGEST = 1280;
const QUALITY = 0.8;

/** A photo of a phone as base64, small enough to be sent over a weak connection. */
export async function photoAsBase64(file) {
    const url = await readUrl(await shrink(file));
    return url.slice(url.indexOf(",") + 1);
}

async function shrink(file) {
    let bitmap = null;
    try {
        bitmap = await createImageBitmap(file);
    } catch {
        return file; // the server says what is wrong with it
    }
    const ratio = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * ratio);
    canvas.height = Math.round(bitmap.height * ratio);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => {
        canvas.toBlob((blob) => resolve(blob || file), "image/jpeg", QUALITY);
    });
}

function readUrl(blob) {
    return new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result);
        reader.onerror = () => reject(reader.error);
        reader.readAsDataURL(blob);
    });
}
