import binascii
from base64 import b64decode

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

PHOTO_MB = 10
PHOTOS = 20  # of one note
KINDS = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp")


class MarketNotePhoto(models.Model):
    """A photo of a market note, scaled down to what a screen shows."""

    _name = "market.note.photo"
    _description = "Photo of a Market Note"
    _order = "sequence, id"

    note_id = fields.Many2one(
        comodel_name="market.note", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="note_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(help="What can be seen.")
    image = fields.Image(max_width=1920, max_height=1920, required=True)
    image_256 = fields.Image(
        string="Thumbnail",
        related="image",
        max_width=256,
        max_height=256,
        store=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_photo(vals.get("image"), vals.get("name"))
        photos = super().create(vals_list)
        photos._check_number()
        return photos

    def write(self, vals):
        if "image" in vals:
            self._check_photo(vals["image"], vals.get("name"))
        result = super().write(vals)
        if "note_id" in vals:
            self.check_access("write")  # not to a note of somebody else either
            self._check_number()
        return result

    @api.model
    def _check_photo(self, image, name):
        """Before it is decoded: a large file costs memory, and may be anything.

        :raise UserError: for no image, or more than 10 MB
        """
        name = name or self.env._("The photo")
        image = image if isinstance(image, str | bytes) else b""
        size = len(image) * 3 // 4
        if size > PHOTO_MB * 1024 * 1024:
            raise UserError(
                self.env._(
                    "%(name)s is %(size)s MB large; photos of up to %(limit)s MB are "
                    "kept. Take it with a lower resolution, or cut out what matters.",
                    name=name,
                    size=size // 1024 // 1024,
                    limit=PHOTO_MB,
                )
            )
        try:
            data = b64decode(image, validate=False)
        except (binascii.Error, ValueError):
            data = b""
        if guess_mimetype(data, default="") not in KINDS:
            raise UserError(
                self.env._(
                    "%s is no photo. Add a JPEG, PNG, WebP or GIF, other files to the "
                    "messages of the note.",
                    name,
                )
            )

    def _check_number(self):
        """
        :raise UserError: for a note with too many photos
        """
        for note in self.note_id:
            if len(note.photo_ids) > PHOTOS:
                raise UserError(
                    self.env._(
                        "A note keeps %s photos. Choose the best ones, or write "
                        "another note.",
                        PHOTOS,
                    )
                )
