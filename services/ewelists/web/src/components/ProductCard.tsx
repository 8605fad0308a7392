import CardGiftcardIcon from "@mui/icons-material/CardGiftcard";
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Chip from "@mui/material/Chip";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState, type ReactNode } from "react";
import type { Product } from "../lib/api";
import { price } from "../lib/format";

/** A product with what can be done about it. */
export function ProductCard({ product, children }: { product: Product; children: ReactNode }) {
  return (
    <Card component="li" variant="outlined" aria-label={product.name} sx={{ display: "flex", listStyle: "none", minHeight: 112 }}>
      <Picture url={product.imageUrl} />
      <Stack spacing={0.75} sx={{ p: 2, flexGrow: 1, minWidth: 0 }}>
        <Box>
          <Typography variant="h2" sx={{ overflowWrap: "anywhere" }}>
            {product.name}
          </Typography>
          <Typography sx={{ color: "text.secondary" }}>
            {[product.brand, product.priceCents === null ? null : price(product.priceCents, product.currency)]
              .filter(Boolean)
              .join(" · ")}
          </Typography>
        </Box>
        <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: "wrap", alignItems: "center" }}>
          <Left product={product} />
          {product.url && (
            <Link href={product.url} target="_blank" rel="noopener noreferrer nofollow">
              Shop
            </Link>
          )}
        </Stack>
        <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: "wrap" }}>
          {children}
        </Stack>
      </Stack>
    </Card>
  );
}

function Left({ product: { available, quantity, reservedByMe } }: { product: Product }) {
  return (
    <>
      <Chip
        size="small"
        color={available === 0 ? "default" : "success"}
        variant="outlined"
        label={available === 0 ? "All reserved" : `${available} of ${quantity} left`}
      />
      {reservedByMe !== undefined && reservedByMe > 0 && (
        <Chip size="small" color="primary" label={`${reservedByMe} reserved by you`} />
      )}
    </>
  );
}

/** The product's picture, or one of ours where there is none or it does not load. */
function Picture({ url }: { url: string | null }) {
  const [broken, setBroken] = useState(false);
  const size = { width: { xs: 96, sm: 144 }, flexShrink: 0 };
  if (url !== null && !broken) {
    return (
      <Box
        component="img"
        src={url}
        alt=""
        loading="lazy"
        referrerPolicy="no-referrer"
        onError={() => setBroken(true)}
        sx={{ ...size, objectFit: "cover" }}
      />
    );
  }
  return (
    <Box aria-hidden sx={{ ...size, display: "grid", placeItems: "center", bgcolor: "action.hover", color: "text.disabled" }}>
      <CardGiftcardIcon fontSize="large" />
    </Box>
  );
}
