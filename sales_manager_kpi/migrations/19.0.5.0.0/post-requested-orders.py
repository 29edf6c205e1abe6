"""Orders of before that approval was asked for."""


def migrate(cr, version):
    """Mark them, so that they close their requests when they are confirmed."""
    cr.execute(
        """
        UPDATE sale_order
           SET discount_requested = TRUE
         WHERE id IN (SELECT order_id FROM discount_request)
        """
    )
