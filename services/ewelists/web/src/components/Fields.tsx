import TextField, { type TextFieldProps } from "@mui/material/TextField";

export const PASSWORD_RULE = "12 characters or more, with a capital, a small letter and a digit";

/** A field of a form, as wide as the form. */
export function Field(props: TextFieldProps) {
  return <TextField fullWidth {...props} />;
}

export function EmailField({ value }: { value?: string }) {
  return (
    <Field
      name="email"
      label="E-mail"
      type="email"
      autoComplete="username"
      required
      defaultValue={value}
      slotProps={{ htmlInput: { maxLength: 254 } }}
    />
  );
}

export function NewPasswordField() {
  return (
    <Field
      name="password"
      label="Password"
      type="password"
      autoComplete="new-password"
      required
      helperText={PASSWORD_RULE}
      slotProps={{ htmlInput: { minLength: 12, maxLength: 99 } }}
    />
  );
}

export function CodeField() {
  return (
    <Field
      name="code"
      label="Code"
      required
      autoComplete="one-time-code"
      helperText="The code in the mail that we sent you"
      slotProps={{ htmlInput: { inputMode: "numeric", maxLength: 10 } }}
    />
  );
}
